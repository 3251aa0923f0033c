"use strict";
// Everything works without this file. It copies texts, ticks all boxes, narrows lists down, and shows the controls that need it.

function say(button) {
  if (button.dataset.words) return;
  const words = button.dataset.words = button.innerHTML;
  button.textContent = document.documentElement.lang === "nl" ? "Gekopieerd" : "Copied";
  setTimeout(() => { button.innerHTML = words; delete button.dataset.words; }, 1500);
}

function show(root) {
  if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  root.querySelectorAll("[data-all], [data-narrow]").forEach((part) => { part.hidden = false; });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    navigator.clipboard.writeText(text).then(() => say(button), () => {});
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Fields that are only for another choice are put away, unless something is wrong with them.
function follow() {
  document.querySelectorAll("fieldset[data-when]").forEach((part) => {
    const [name, value] = part.dataset.when.split("=");
    const chosen = document.querySelector(`[name="${name}"]:checked`);
    part.hidden = chosen && chosen.value !== value && !part.querySelector(".errorlist");
  });
}

document.addEventListener("change", (event) => {
  follow();
  if (!event.target.closest("[data-all]")) return;
  document.querySelectorAll("[name=document]:not(:disabled)").forEach((box) => { box.checked = event.target.checked; });
});

// Who leaves a page with fields that were changed is asked first.
let isChanged = false;
document.addEventListener("input", (event) => { if (event.target.closest("form.guarded")) isChanged = true; });
document.addEventListener("submit", () => { isChanged = false; });
window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });

document.addEventListener("DOMContentLoaded", () => { show(document); follow(); });
document.addEventListener("htmx:load", (event) => show(event.target));

document.addEventListener("input", (event) => {
  const narrow = event.target.closest("[data-narrow]");
  if (!narrow) return;
  const words = event.target.value.toLowerCase();
  narrow.nextElementSibling.querySelectorAll("li").forEach((item) => {
    item.hidden = !item.textContent.toLowerCase().includes(words);
  });
});
