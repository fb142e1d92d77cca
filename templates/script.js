"use strict";
(() => {
  // Kept free of ampersands and less-than signs, so that the page is well-formed XML too.
  const all = (what, where) => Array.from((where || document).querySelectorAll(what));
  const root = document.documentElement;

  // Colours: automatic, light, dark.
  const store = { get() { try { return localStorage.getItem("fieldbook-theme") || ""; } catch { return ""; } },
    set(theme) { try { localStorage.setItem("fieldbook-theme", theme); } catch { /* private pages keep nothing */ } } };
  const themes = ["", "light", "dark"];
  const names = { "": "automatic", light: "light", dark: "dark" };
  const button = document.querySelector(".theme");
  const wear = (theme) => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    button.title = "Colours: " + names[theme];
    button.setAttribute("aria-label", button.title);
  };
  let theme = themes.includes(store.get()) ? store.get() : "";
  button.hidden = false;
  wear(theme);
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % 3];
    wear(theme);
    store.set(theme);
  });

  // Figures, enlarged.
  const dialog = document.querySelector("dialog.zoom");
  if (dialog.showModal) {
    const stage = dialog.querySelector(".stage");
    all("figure .canvas").forEach((canvas) => {
      const figure = canvas.closest("figure");
      const open = () => {
        stage.replaceChildren(canvas.querySelector("svg").cloneNode(true));
        dialog.querySelector(".words").textContent = figure.querySelector("figcaption p").textContent;
        dialog.showModal();
      };
      canvas.classList.add("live");
      canvas.addEventListener("click", open);
      if (canvas.classList.contains("narrow")) return;
      const enlarge = figure.querySelector(".enlarge");
      enlarge.hidden = false;
      enlarge.addEventListener("click", open);
    });
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    stage.addEventListener("click", (event) => { if (event.target === stage) dialog.close(); });
    dialog.addEventListener("close", () => stage.replaceChildren());
  }

  // Tables, sorted.
  all("table.sortable").forEach((table) => {
    const body = table.tBodies[0];
    const first = Array.from(body.rows);
    all("thead th", table).forEach((head, column) => {
      const control = document.createElement("button");
      control.type = "button";
      control.append(...head.childNodes);
      head.append(control);
      control.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        if (was === "descending") return body.append(...first);
        const sign = was === "ascending" ? -1 : 1;
        head.setAttribute("aria-sort", was === "ascending" ? "descending" : "ascending");
        const key = (row) => {
          const cell = row.cells[column];
          return head.classList.contains("n") ? parseFloat(cell.dataset.sort) : cell.textContent;
        };
        const order = (a, b) => {
          const x = key(a), y = key(b);
          if (typeof x === "string") return sign * x.localeCompare(y, undefined, { numeric: true });
          // What is no number stands last either way.
          if (isNaN(x)) return isNaN(y) ? 0 : 1;
          return isNaN(y) ? -1 : sign * (x - y);
        };
        body.append(...first.slice().sort(order));
      });
    });
  });

  // The table of contents folds where there is little room, and shows where the reader is.
  const contents = document.querySelector(".contents");
  if (contents) {
    if (!matchMedia("(min-width:75rem)").matches) contents.firstElementChild.open = false;
    const links = all("a", contents);
    const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    const mark = () => {
      let current = -1;
      places.forEach((place, index) => { if (place) if (120 > place.getBoundingClientRect().top) current = index; });
      links.forEach((link, index) => {
        if (index === current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      });
    };
    addEventListener("scroll", mark, { passive: true });
    mark();
  }

  // Paper has no folds.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("main details").filter((details) => !details.open);
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));
})();
