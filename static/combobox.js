"use strict";
// Fields with a datalist become comboboxes that are searched by any part of a label, once they are used. Without this
// file the browser's own list does the same.

const DUTCH = document.documentElement.lang === "nl";

function optionsOf(input) {
  return Array.from(document.getElementById(input.getAttribute("list")).options, (option) => option.value);
}

function matching(options, query) {
  const words = query.trim().toLowerCase().split(/\s+/);
  const isChosen = options.includes(query.trim());
  return isChosen ? options : options.filter((option) => words.every((word) => option.toLowerCase().includes(word)));
}

function texts() {
  if (!DUTCH) return {};
  return {
    tNoResults: () => "Niets gevonden",
    tAssistiveHint: () => "Blader met de pijltjestoetsen door de keuzes en kies met Enter.",
    tStatusNoResults: () => "Niets gevonden.",
    tStatusSelectedOption: (option, length, index) => `${option} ${index + 1} van ${length} is gemarkeerd`,
    tStatusResults: (length, selected) => `${length} ${length === 1 ? "keuze" : "keuzes"}. ${selected}`,
  };
}

function enhance(input) {
  const options = optionsOf(input);
  const place = document.createElement("div");
  place.className = "combobox";
  input.replaceWith(place);
  accessibleAutocomplete({
    element: place,
    id: input.id,
    name: input.name,
    defaultValue: input.value,
    source: (query, show) => show(matching(options, query)),
    showAllValues: true,
    displayMenu: "overlay",
    confirmOnBlur: false,
    dropdownArrow: () => '<svg class="autocomplete__arrow" viewBox="0 0 12 8" aria-hidden="true"><path d="M1 1l5 5 5-5"/></svg>',
    ...texts(),
  });
  const made = document.getElementById(input.id);
  for (const name of ["aria-label", "aria-invalid", "aria-describedby", "placeholder", "maxlength"]) {
    if (input.hasAttribute(name)) made.setAttribute(name, input.getAttribute(name));
  }
  return made;
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches("input[data-search][list]")) enhance(event.target).focus();
});
document.addEventListener("mouseover", (event) => {
  if (event.target.matches("input[data-search][list], .autocomplete__input")) event.target.title = event.target.value;
});
