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
  document.querySelectorAll("[name=document]:not(:disabled), [name=payment]").forEach((box) => { box.checked = event.target.checked; });
});

// Who leaves a page with fields that were changed is asked first.
let isChanged = false;
document.addEventListener("input", (event) => { if (event.target.closest("form.guarded")) isChanged = true; });
document.addEventListener("submit", () => { isChanged = false; });
window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });

// On a phone the tabs scroll sideways: the one that is open is to be seen.
function showTab() {
  const tabs = document.querySelector(".tabs"), tab = tabs && tabs.querySelector("[aria-current]");
  if (tab) tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}

document.addEventListener("DOMContentLoaded", () => { show(document); follow(); showTab(); });
document.addEventListener("htmx:load", (event) => show(event.target));

document.addEventListener("input", (event) => {
  const narrow = event.target.closest("[data-narrow]");
  if (!narrow) return;
  const words = event.target.value.toLowerCase();
  narrow.nextElementSibling.querySelectorAll("li").forEach((item) => {
    item.hidden = !item.textContent.toLowerCase().includes(words);
  });
});

// A part in which somebody is filling something in, or reading what they unfolded, stays as it is while a page refreshes.
function isInUse(part) {
  const isFilled = (field) => field.type !== "hidden" && (field === document.activeElement || field.value !== field.defaultValue);
  return part.querySelector("details[open]") || Array.from(part.querySelectorAll("input")).some(isFilled);
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.target;
  if (part.matches("[data-leave-while-used]") && isInUse(part)) event.detail.shouldSwap = false;
});

// Days that are filled in are the period; another period empties them.
document.addEventListener("change", (event) => {
  const form = event.target.closest(".filters form");
  const period = form && form.querySelector("[data-period]");
  if (!period) return;
  const days = [...form.querySelectorAll("[data-days]")];
  if (days.includes(event.target)) period.value = event.target.value ? period.dataset.period : period.value;
  else if (event.target === period && period.value !== period.dataset.period) days.forEach((day) => { day.value = ""; });
});
