// Shows a chosen picture in the place where it will be, before it is sent.
// <img data-preview="the id of the file input">

for (const image of document.querySelectorAll("[data-preview]")) {
  const input = document.getElementById(image.dataset.preview);
  input.addEventListener("change", () => show(input.files[0], image));
}

function show(file, image) {
  if (!file?.type.startsWith("image/") || file.type === "image/svg+xml") return;
  const reader = new FileReader(); // and not a blob: address, which the content security policy refuses
  reader.addEventListener("load", () => {
    image.src = reader.result;
    image.hidden = false;
  });
  reader.readAsDataURL(file);
}
