// Menus are <details>: this closes them again on a click elsewhere, on Escape, and when something in them was chosen.

export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target) || event.target.closest(".menu-list :is(a, button)")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

function open() {
  return document.querySelectorAll("details.menu[open]");
}
