# %% [markdown]
# Leaves a scratch folder that hurts whoever clears it away: links to outside, closed folders, odd names, great depth.
# %% question="freeze"
import os


def freeze(module):
    for i, target in enumerate([*KNOWN["planted"], KNOWN["checkout"], KNOWN["submissions"], "/tmp", "/", KNOWN["scratches"]]):
        os.symlink(target, f"link-{i}")
    for name in ("-rf", "--no-preserve-root", "new\nline", "\udcff", "*", "$(touch /tmp/tl_attack_mark_cleaner)", "x" * 250):
        try:
            os.mkdir(name)
        except (OSError, UnicodeError):
            pass
    os.makedirs("closed/inner/innermost")
    os.chmod("closed/inner", 0)
    os.chmod("closed", 0)
    for _ in range(600):
        try:
            os.mkdir("deep")
            os.chdir("deep")
        except OSError:
            break
    return module
