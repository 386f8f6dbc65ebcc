// Small things that every page shares: the "next case" key, and a warning before leaving while a form is unsaved.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var tag = (event.target.tagName || "").toLowerCase();
    if (tag === "input" || tag === "textarea" || tag === "select" || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var next = document.getElementById("next-case");
    if (event.key.toLowerCase() === "n" && next) { event.preventDefault(); next.click(); }
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-show-password]");
    if (!button) { return; }
    var field = document.getElementById(button.dataset.showPassword);
    var shown = field.type === "password";
    var label = button.textContent;
    field.type = shown ? "text" : "password";
    button.textContent = button.dataset.hide;
    button.dataset.hide = label;
    button.setAttribute("aria-pressed", String(shown));
    field.focus();
  });
  document.addEventListener("change", function (event) {
    var form = event.target.closest("[data-autosubmit]");
    if (form) { form.submit(); }
  });
})();
