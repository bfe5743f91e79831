"""What somebody may write into an address or a file who wants a page to show more than text."""

NASTY = (
    "![](http://evil.example/b.png)", "[Log in again](//evil.example/)", "[x][y]", "[^1]",
    "<http://evil.example>", "http://evil.example/a_b_c", "HTTPS://EVIL.example",
    "www.evil.example",
    "WWW.evil.example", "a@evil.example", "mailto:a@evil.example", "<img src=//evil.example/x>",
    "<b onclick=x>evil</b>", "<!-- evil -->", "&lt;b&gt; &#119;ww.evil.example", "$x^2$ $$y$$",
    r"\(evil\) \[evil\]", ":material/home:", ":streamlit:", ":smile: :+1: :evil:", ":red[evil]",
    ":red-background[evil]", ":small[evil]", "::evil", ":::evil", "`evil` ``evil``", "```evil",
    "**evil** __evil__", "*evil* _evil_", "~~evil~~ ~evil~", "# evil", "- evil", "+ evil", "* evil",
    "> evil", "1. evil", "12) evil", "=====", "-----", "***", "| a | b |",
    "a --> b <-- c <- d -> e",
    "a -- b >= c <= d", "back\\slash \\* \\\\", "[ ] evil", "!!! evil", "{evil} %7Bevil%7D",
    "%21[]()", "a ~= b <-> c",
    "http:\\//evil.example", "//evil.example", "(www.evil.example)", "x:http://evil.example",
)  # fmt: skip
