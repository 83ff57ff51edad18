# %% [markdown]
# Starts programs that mean to outlive it: nohup, setsid, at, systemd-run, a shell in the background.
# %% question="freeze"
import subprocess


def freeze(module):
    for command in (
        "nohup sleep 100 &",
        "setsid sleep 100 &",
        "(trap '' HUP TERM INT; sleep 100 &) &",
        "echo 'touch /tmp/tl_attack_mark_at' | at now",
        "systemd-run --user touch /tmp/tl_attack_mark_systemd",
        "echo '* * * * * touch /tmp/tl_attack_mark_cron' | crontab -",
    ):
        try:
            subprocess.run(["sh", "-c", command], stdin=-3, stdout=-3, stderr=-3, timeout=0.5)
        except (OSError, subprocess.SubprocessError):
            pass
    return module
