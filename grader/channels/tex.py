"""Which formulas of a learner's may reach a page that typesets them.

MathJax knows commands that make links (`\\href`), load extensions (`\\require`), set fonts and styles (`\\unicode`,
`\\style`) or define others, for the whole page (`\\def`). What is here is enough to write about a model; of any other
command, the backslash is replaced by one that only looks like it.
"""

from __future__ import annotations

import re

COMMANDS = frozenset(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    frac dfrac tfrac sqrt binom sum prod int iint oint lim limsup liminf limits nolimits over
    max min argmax argmin sup inf log ln lg exp sin cos tan cot sinh cosh tanh arcsin arccos arctan det dim ker rank
    gcd deg hom arg Pr bmod pmod mod
    cdot cdots ldots dots vdots ddots times div pm mp ast star circ bullet odot otimes oplus ominus wedge vee cup cap
    bigcup bigcap bigoplus bigotimes setminus
    le leq ge geq ne neq lt gt ll gg approx equiv sim simeq cong propto in notin ni subset subseteq supset supseteq
    mid nmid parallel perp prec succ models vdash
    to gets rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow longleftarrow
    Longrightarrow mapsto longmapsto hookrightarrow uparrow downarrow iff implies impliedby
    forall exists nexists nabla partial infty emptyset varnothing ell hbar Re Im aleph prime top bot angle triangle
    land lor lnot neg therefore because
    left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
    langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert lbrace rbrace lbrack rbrack backslash
    hat widehat tilde widetilde bar overline underline vec dot ddot check breve acute grave overbrace underbrace
    overrightarrow overset underset stackrel substack
    mathbb mathcal mathbf mathrm mathit mathsf mathtt mathfrak mathscr boldsymbol bm bf rm it operatorname
    text textbf textit textrm textsf texttt mbox
    quad qquad displaystyle textstyle scriptstyle begin end hline nonumber notag
    """.split()
)
ENVIRONMENTS = frozenset(
    """
    equation align gather multline eqnarray split aligned gathered alignedat cases matrix pmatrix bmatrix Bmatrix
    vmatrix Vmatrix smallmatrix array
    """.split()
)
_LOOKS_LIKE = "\N{FULLWIDTH REVERSE SOLIDUS}"
_CONTROL = re.compile(r"\\(?:([a-zA-Z]+)(?:\s*\{\s*([^{}]*?)\s*\})?|.)", re.DOTALL)


def harmless_tex(text: str) -> str:
    """`text` with those TeX commands only that typeset a formula. `text` is what a page shows, without entities."""
    return _CONTROL.sub(_allowed, text)


def _allowed(found: re.Match[str]) -> str:
    name, of = found[1], found[2]
    if name is None:
        return found[0]
    good = name in COMMANDS
    if name in ("begin", "end"):
        good = of is not None and of.removesuffix("*") in ENVIRONMENTS
    command = found[0] if good else _LOOKS_LIKE + found[0][1:]
    # The argument may begin with a command itself, such as in \text{\href{...}{...}}.
    return command if of is None else command[0] + harmless_tex(command[1:])
