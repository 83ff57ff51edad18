# %% [markdown]
# Puts markup, scripts and templates into whatever of it may be shown: exception, class, function and file names, texts.
# %% question="freeze"
NAME = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}{% raw %}</pre></style>"


def freeze(module):
    kind = type(NAME, (Exception,), {"__module__": NAME, "__qualname__": NAME})
    raise kind(f"{NAME}\" onmouseover='alert(3)' javascript:alert(4) &lt;script&gt; ]]>--><svg onload=alert(5)>")  # <script>alert(6)</script>
