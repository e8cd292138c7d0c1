// Pins the theme, contrast and density that a person chose on this device, before the first paint.
// The choice is kept in localStorage: it belongs to the device, and nobody else sees it.
(() => {
  const names = ["theme", "contrast", "density"];
  const read = (name) => {
    try { return localStorage.getItem(`trellis.${name}`) || ""; } catch { return ""; }
  };
  const write = (name, value) => {
    try { value ? localStorage.setItem(`trellis.${name}`, value) : localStorage.removeItem(`trellis.${name}`); } catch { /* private window: the choice lasts for this page */ }
  };
  const pin = (name, value) => {
    if (value) document.documentElement.dataset[name] = value;
    else delete document.documentElement.dataset[name];
  };
  names.forEach((name) => pin(name, read(name)));

  // The page "Appearance and contrast": radio buttons named theme, contrast, density.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-appearance]").forEach((form) => {
      names.forEach((name) => {
        const choice = form.querySelector(`input[name="${name}"][value="${read(name)}"]`);
        if (choice) choice.checked = true;
      });
      form.addEventListener("change", ({ target }) => {
        if (!names.includes(target.name)) return;
        write(target.name, target.value);
        pin(target.name, target.value);
      });
    });
  });
})();
