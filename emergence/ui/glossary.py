"""Every symbol in use, in KaTeX and as pictures write it, with what it means."""

from __future__ import annotations

SYMBOLS = (
    (r"x \sim \mathcal N(0, I_d)", "a sample, fresh at every step"),
    (r"d", "dimension of a sample"),
    (r"f^*(x) = \sum_p a_p\,\sigma(w_p \cdot x)", "the teacher"),
    (r"P", "number of the teacher's directions (the skills)"),
    (r"p, q", "a direction, 1 to P, strongest first"),
    (r"w_p", "direction p, a unit vector; all are orthogonal"),
    (r"a_p \propto p^{-\beta}", "strength of direction p"),
    (r"\beta", "how fast the strengths fall"),
    (r"\kappa = a_1 / a_P", "condition number of the teacher"),
    (r"f(x) = \sum_k |v_k|^2\,\sigma(\bar v_k \cdot x)", "the student"),
    (r"m", "number of the student's neurons"),
    (r"k, l", "a neuron, 0 to m - 1"),
    (r"v_k,\ \bar v_k = v_k / |v_k|", "neuron k and its direction"),
    (r"s_0", "norm of every neuron at the start"),
    (r"\sigma", "link function (activation)"),
    (r"h_i = \mathrm{He}_i / \sqrt{i!}", "normalised Hermite polynomial of degree i"),
    (r"c_i = \mathbb E[\sigma(z) h_i(z)]", "Hermite coefficient of the link function"),
    (r"J = \min\{i > 0 : c_i \ne 0\}", "information exponent"),
    (r"K(s) = \sum_i c_i^2 s^i",
     r"correlation $\mathbb E[\sigma(v\cdot x)\sigma(w\cdot x)]$ at overlap s"),
    (r"O_{kp} = \langle \bar v_k, w_p\rangle", "overlap of neuron k with direction p"),
    (r"u_{kp} = O_{kp}^2", "overlap squared: 0 unrelated, 1 learned"),
    (r"o = \langle v, w\rangle,\ u = o^2", "the same of a single neuron and a single direction"),
    (r"\zeta_t", r"noise of a step of $u$, in units of $\eta^2$: a drift and a martingale"),
    (r"\delta", r"where search ends: at the overlap $d^{-1/2+\delta}$"),
    (r"T = \sum_p a_p w_p^{\otimes J}", "all that the loss knows of the teacher: a tensor"),
    (r"e = f(x) - f^*(x)", "error on a sample"),
    (r"L", r"population loss (MSE) $\mathbb E (f - f^*)^2$, in closed form"),
    (r"\eta = c\, d^{-J/2}", "step size"),
    (r"c", "constant of the step size: the step that a dimension d allows, in units of d^(-J/2)"),
    (r"|v_k|^2", "weight of neuron k in the student's sum: it grows to the strength it learns"),
    (r"t", "steps, one sample each (or a batch of B)"),
    (r"\tau = \eta t", "time of gradient flow"),
    (r"T_p", "predicted time at which direction p emerges"),
    (r"\iota(p)", "the neuron that theory matches to direction p"),
    (r"z_{kp} = \sqrt d\, O_{kp}", "overlap at the start in units of its typical size"),
    (r"C = m\,t", "budget of computing: width times steps"),
    (r"q^*(v) = \arg\max_q a_q |\langle v, w_q\rangle|^{J-2}",
     "direction at which the power method leaves a neuron"),
    (r"z = w \cdot x", "all that a neuron sees of a sample: a standard normal number"),
    (r"\mathbb E\sigma^2 = \sum_i c_i^2", "what the squares of the coefficients add up to"),
    (r"s = \langle w, w^*\rangle", "overlap of a student's direction with a teacher's"),
    (r"(w^* - w^k)^2", "toy loss with k factors; its parameter w starts at $w_0$"),
    (r"(w^* - w_1 w_2 \cdots w_L)^2", "toy loss of a product of L layers"),
    (r"R_p = \sum_k |v_k|^2 O_{kp}^J / a_p", "how much of direction p is captured"),
    (r"p_k \propto k^{-(\alpha+1)}", "how often skill k is asked for, the most frequent first"),
    (r"\alpha", "how fast these frequencies fall"),
    (r"R_k = \mathbb E[f g_k]", r"how much of skill k, the function $g_k$, is learned"),
)  # fmt: skip

WRITTEN = {
    "x": r"x \sim \mathcal N(0, I_d)",
    "u": r"u_{kp} = O_{kp}^2",
    "d": "d",
    "P": "P",
    "p": "p, q",
    "k": "k, l",
    "m": "m",
    "J": r"J = \min\{i > 0 : c_i \ne 0\}",
    "c": "c",
    "β": r"\beta",
    "η": r"\eta = c\, d^{-J/2}",
    "σ": r"\sigma",
    "s₀": "s_0",
    "wₚ": "w_p",
    "aₚ": r"a_p \propto p^{-\beta}",
    "vₖ": r"v_k,\ \bar v_k = v_k / |v_k|",
    "v̄ₖ": r"v_k,\ \bar v_k = v_k / |v_k|",
    "|vₖ|²": "|v_k|^2",
    "|v|²": "|v_k|^2",
    "Tₚ": "T_p",
    "Rₚ": r"R_p = \sum_k |v_k|^2 O_{kp}^J / a_p",
    "ι": r"\iota(p)",
    "MSE": r"L",
}
"""Symbols as titles, axes and tables have them: which of SYMBOLS each one is."""


def words() -> dict[str, str]:
    """What each written symbol means, for the browser: without KaTeX."""
    meanings = dict(SYMBOLS)
    return {written: _plain(meanings[symbol]) for written, symbol in WRITTEN.items()}


def _plain(meaning: str) -> str:
    """A meaning whose formula, if it has one, is written without KaTeX."""
    return meaning.replace(r"$\mathbb E (f - f^*)^2$", "E (f - f*)²")
