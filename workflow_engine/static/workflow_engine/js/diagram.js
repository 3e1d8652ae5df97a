/* Draws the diagrams of a page with bpmn-js, and on them what is going on: tokens, incidents, the path taken.
 *
 * <figure class="wf-diagram" data-xml="ADDRESS" data-state="ID OF A JSON SCRIPT">. Text from models is only ever set as text.
 */
"use strict";

(() => {
  const BADGES = [
    // At the upper edge: boundary events mostly sit at the lower one.
    { kind: "tokens", css: "wf-count-tokens", position: { top: -12, left: -12 } },
    { kind: "visits", css: "wf-count-visits", position: { top: -12, left: 16 } },
    { kind: "undone", css: "wf-count-undone", position: { top: -12, right: 42 } },
    { kind: "incidents", css: "wf-count-incidents", position: { top: -12, right: 14 } },
  ];
  const MARKERS = { tokens: "wf-token", incidents: "wf-incident", visits: "wf-visited", undone: "wf-undone" };

  class Diagram {
    constructor(figure) {
      this.figure = figure;
      this.canvas = figure.querySelector(".wf-canvas");
      this.note = figure.querySelector(".wf-diagram-note");
      this.drawn = { markers: [], overlays: [] };
    }

    async open() {
      if (typeof BpmnJS === "undefined") {
        return this.tell(this.figure.dataset.missing);
      }
      try {
        const answer = await fetch(this.figure.dataset.xml, { credentials: "same-origin" });
        if (!answer.ok) {
          throw new Error(`${answer.status} ${answer.statusText}`);
        }
        // The wheel belongs to the page until somebody clicks into the diagram.
        this.viewer = new BpmnJS({ container: this.canvas, zoomScroll: { enabled: false } });
        await this.viewer.importXML(await answer.text());
      } catch (error) {
        return this.tell(`${this.figure.dataset.failed} ${error.message}`);
      }
      this.note.hidden = true;
      this.listen();
      this.fit();
      this.show();
      this.figure.dataset.ready = "yes";
      return undefined;
    }

    tell(text) {
      this.note.textContent = text;
      this.note.hidden = false;
      this.figure.dataset.ready = "failed";
    }

    listen() {
      this.figure.querySelector(".wf-diagram-tools").addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) {
          this.zoom(button.value);
        }
      });
      const scroll = this.viewer.get("zoomScroll");
      this.canvas.addEventListener("focusin", () => scroll.toggle(true));
      this.canvas.addEventListener("focusout", () => scroll.toggle(false));
      this.canvas.addEventListener("keydown", (event) => {
        const asked = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
        if (asked && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          this.zoom(asked);
        }
      });
      new ResizeObserver(() => this.resized()).observe(this.canvas);
    }

    zoom(how) {
      if (how === "fit") {
        this.fit();
      } else {
        this.viewer.get("zoomScroll").stepZoom(how === "in" ? 1 : -1);
        this.isFitted = false;
      }
    }

    /* All of it, but no larger than life, and not under the tools. */
    fit() {
      const canvas = this.viewer.get("canvas");
      canvas.zoom("fit-viewport", "auto");
      canvas.zoom(Math.min(canvas.zoom() * 0.94, 1.2), "auto");
      this.isFitted = true;
    }

    resized() {
      this.viewer.get("canvas").resized();
      if (this.isFitted) {
        this.fit();
      }
    }

    /* Reads the state anew, so that a refreshed page only has to call this again. */
    show() {
      const script = document.getElementById(this.figure.dataset.state);
      const text = script ? script.textContent : "{}";
      if (!this.viewer || text === this.shown) {
        return;
      }
      this.shown = text;
      this.clear();
      const state = JSON.parse(text);
      for (const [id, counts] of Object.entries(this.visible(state.elements || {}))) {
        this.mark(id, counts, state);
      }
      for (const id of state.flows || []) {
        this.addMarker(id, "wf-taken");
      }
      if (state.focus) {
        this.addMarker(state.focus, "wf-focus");
      }
    }

    clear() {
      const canvas = this.viewer.get("canvas");
      const overlays = this.viewer.get("overlays");
      this.drawn.markers.forEach(([id, css]) => canvas.removeMarker(id, css));
      this.drawn.overlays.forEach((id) => overlays.remove(id));
      this.drawn = { markers: [], overlays: [] };
    }

    /* What happens inside a collapsed sub-process also counts on the shape that stands for it. */
    visible(elements) {
      const registry = this.viewer.get("elementRegistry");
      const canvas = this.viewer.get("canvas");
      const found = {};
      const add = (id, counts) => {
        found[id] = found[id] || {};
        for (const [kind, number] of Object.entries(counts)) {
          found[id][kind] = (found[id][kind] || 0) + number;
        }
      };
      for (const [id, counts] of Object.entries(elements)) {
        let element = registry.get(id);
        if (element) {
          add(id, counts);
        }
        while (element) {
          const root = canvas.findRoot(element);
          const holder = root && root.id.endsWith("_plane") ? registry.get(root.id.slice(0, -"_plane".length)) : null;
          if (holder) {
            const { visits, ...open } = counts;
            add(holder.id, open);
          }
          element = holder;
        }
      }
      return found;
    }

    mark(id, counts, state) {
      const overlays = this.viewer.get("overlays");
      for (const [kind, css] of Object.entries(MARKERS)) {
        if (counts[kind]) {
          this.addMarker(id, css);
        }
      }
      for (const badge of BADGES) {
        const number = counts[badge.kind];
        if (number && !(badge.kind === "visits" && number === 1)) {
          const html = this.badge(badge, number, id, state);
          this.drawn.overlays.push(overlays.add(id, "wf-count", { position: badge.position, html }));
        }
      }
    }

    addMarker(id, css) {
      if (this.viewer.get("elementRegistry").get(id)) {
        this.viewer.get("canvas").addMarker(id, css);
        this.drawn.markers.push([id, css]);
      }
    }

    badge(badge, number, id, state) {
      const address = state.links && state.links[badge.kind];
      const html = document.createElement(address ? "a" : "span");
      html.className = `wf-count ${badge.css}`;
      html.textContent = number > 9999 ? "9999+" : String(number);
      html.title = ((state.names && state.names[badge.kind]) || "").replace("%s", String(number));
      if (address) {
        html.href = address.replace("__ELEMENT__", encodeURIComponent(id));
      }
      return html;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("figure.wf-diagram").forEach((figure) => {
      const diagram = new Diagram(figure);
      diagram.open();
      document.addEventListener("wf:refreshed", () => diagram.show());
    });
  });
})();
