// Measures that tests/lib/browser.py takes of a page. Each function returns a list of findings.

// Return what is too wide: the page, or a box that neither scrolls nor is inside one that does.
function wide() {
  const found = [], wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`is ${wide} wide`);
  for (const box of document.body.querySelectorAll('*')) {
    const right = box.getBoundingClientRect().right;
    if (right <= innerWidth + 0.5) continue;
    let up = box;
    while (up && !['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) up = up.parentElement;
    if (!up || up.getBoundingClientRect().right > innerWidth + 0.5)
      found.push(`<${box.localName} class="${box.className}"> ends at ${right}: ${box.textContent.trim().slice(0, 40)}`);
  }
  for (const box of document.querySelectorAll('pre, main table'))
    if (box.clientWidth < 100 && box.textContent.trim().length > 40)
      found.push(`<${box.localName}> is only ${box.clientWidth} wide`);
  return found;
}

// Return the elements with text of their own that are too faint.
function faint() {
  const parts = text => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = new Set();
  for (const box of document.body.querySelectorAll('*')) {
    if (![...box.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    let up = box;
    while (up && parts(getComputedStyle(up).backgroundColor)[3] === 0) up = up.parentElement;
    const [a, b] = [parts(getComputedStyle(box).color), parts(getComputedStyle(up || document.body).backgroundColor)].map(light);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.add(`<${box.localName} class="${box.className}"> has a contrast of ${contrast.toFixed(1)}`);
  }
  return [...found];
}

// Return the texts of a picture that overlap another, cross an edge of their box, or are outside.
function cramped() {
  const found = [], texts = [...document.querySelectorAll('text')].filter(text => text.textContent.trim());
  const boxes = [...document.querySelectorAll('rect')].map(box => box.getBoundingClientRect());
  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
  texts.forEach((text, at) => {
    const here = text.getBoundingClientRect();
    for (const box of boxes)
      if (meets(here, box) && !inside(here, box)) { found.push(`over an edge: ${text.textContent}`); break; }
    for (const other of texts.slice(at + 1)) {
      const there = other.getBoundingClientRect();
      // Lines of one text are close together.
      const slack = {left: there.left, right: there.right, top: there.top + 3, bottom: there.bottom - 3};
      if (meets(here, slack)) found.push(`on another: ${text.textContent} and ${other.textContent}`);
    }
  });
  return found;
}
