// One picture out of a strip, on a canvas of the strip's own pixels; the browser enlarges it.
const images = new Map();

function loaded(uri) {
  if (!images.has(uri)) {
    const image = new Image();
    image.src = uri;
    images.set(
      uri,
      image.decode().then(() => image),
    );
  }
  return images.get(uri);
}

function showPicture(canvas, sheet, side, columns, index, count, description) {
  canvas.setAttribute("aria-label", description);
  const wanted = `${sheet ? sheet.length + sheet.slice(-40) : ""}:${index}`;
  canvas.dataset.wanted = wanted;
  canvas.classList.toggle("blocks", side < 32);
  const context = canvas.getContext("2d");
  if (!sheet) {
    context.clearRect(0, 0, canvas.width, canvas.height);
    return;
  }
  const across = Math.min(columns, count);
  loaded(sheet).then((image) => {
    // The pointer may have moved on while the picture was decoded.
    if (canvas.dataset.wanted !== wanted) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    context.drawImage(
      image,
      (index % across) * side,
      Math.floor(index / across) * side,
      side,
      side,
      0,
      0,
      side,
      side,
    );
    canvas.dataset.shown = String(index);
  });
}
