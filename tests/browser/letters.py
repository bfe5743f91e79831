"""Letters of a lesson's pictures that cover others, or leave their picture."""

from __future__ import annotations

WRITTEN = """() => {
    const wrong = [];
    for (const frame of document.querySelectorAll('.picture-frame')) {
        const edge = frame.getBoundingClientRect();
        if (!edge.width) continue;
        const boxes = [...frame.querySelectorAll(
            '.main-svg text, .picture-names span, .picture-key > span')]
            .filter((text) => text.textContent.trim() && text.getClientRects().length
                && getComputedStyle(text).visibility !== 'hidden'
                && !text.closest('.hoverlayer, .modebar'))
            .map((text) => {
                // A letter's box has air above and below it.
                const { left, top, right, bottom } = text.getBoundingClientRect();
                const air = 0.14 * Math.min(bottom - top, right - left);
                return { said: text.textContent, left: left + air / 2, top: top + air,
                         right: right - air / 2, bottom: bottom - air };
            });
        const name = frame.querySelector('.picture').getAttribute('aria-label');
        boxes.forEach((box, i) => {
            if (box.left < edge.left - 1 || box.right > edge.right + 1
                || box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
                wrong.push(`${name}: "${box.said}" leaves its picture`);
            boxes.slice(i + 1).forEach((other) => {
                if (box.left < other.right && other.left < box.right
                    && box.top < other.bottom && other.top < box.bottom)
                    wrong.push(`${name}: "${box.said}" on "${other.said}"`);
            });
        });
    }
    return wrong;
}"""
FITTED = """() => {
    const pictures = [...document.querySelectorAll('.picture')];
    return pictures.length && pictures.every((each) => each.dataset.drawn
        && Math.abs(each._fullLayout.width - each.clientWidth) < 2
        && Math.abs(each._fullLayout.height - each.clientHeight) < 2);
}"""
