"use strict";
// Everything works without this file. It copies texts, ticks all boxes, and shows the controls that need it.

function say(button) {
  if (button.dataset.words) return;
  const words = button.dataset.words = button.innerHTML;
  button.textContent = document.documentElement.lang === "nl" ? "Gekopieerd" : "Copied";
  setTimeout(() => { button.innerHTML = words; delete button.dataset.words; }, 1500);
}

function show(root) {
  if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  root.querySelectorAll("[data-all]").forEach((label) => { label.hidden = false; });
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

document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-all]")) return;
  document.querySelectorAll("[name=document]:not(:disabled)").forEach((box) => { box.checked = event.target.checked; });
});

document.addEventListener("DOMContentLoaded", () => show(document));
document.addEventListener("htmx:load", (event) => show(event.target));
