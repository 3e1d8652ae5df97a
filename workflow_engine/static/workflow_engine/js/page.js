/* Small helps that every page works without: copying a text, and reading a page anew every few seconds where asked for. */
"use strict";

(() => {
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = button.dataset.done;
    } catch {
      // Without a clipboard (an insecure address) the text is selected, ready for the keyboard.
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      return;
    }
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  /* One more line of a formset: the empty one with the next number. */
  function addLine(button) {
    const prefix = button.dataset.addLine;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const line = document.querySelector(`template[data-line="${prefix}"]`).content.cloneNode(true);
    line.querySelectorAll("[name]").forEach((field) => {
      field.name = field.name.replace("__prefix__", total.value);
      field.id = field.id.replace("__prefix__", total.value);
    });
    total.value = Number(total.value) + 1;
    const lines = document.querySelector(`[data-lines="${prefix}"]`);
    lines.append(line);
    lines.lastElementChild.querySelector("input").focus();
  }

  /* Replaces what is marked as live; leaves alone what somebody is just using. */
  function replaceLive(fresh) {
    document.querySelectorAll("[data-live]").forEach((old) => {
      const found = fresh.getElementById(old.id);
      const isInUse = old.contains(document.activeElement) && document.activeElement !== document.body;
      if (found && !isInUse && found.innerHTML !== old.innerHTML) {
        old.replaceChildren(...found.childNodes);
      }
    });
    document.dispatchEvent(new CustomEvent("wf:refreshed"));
  }

  async function refresh(timer, told) {
    if (document.hidden) {
      return;
    }
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (answer.redirected || !answer.ok) {
        // The instance has ended, or the session has: the server knows what to show instead.
        clearInterval(timer());
        window.location.reload();
        return;
      }
      replaceLive(new DOMParser().parseFromString(await answer.text(), "text/html"));
      told.classList.remove("wf-offline");
    } catch {
      told.classList.add("wf-offline");
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && button.dataset.copy) {
        copy(button);
      } else if (button && button.dataset.addLine) {
        addLine(button);
      }
    });
    const told = document.querySelector("[data-refresh]");
    if (told) {
      const seconds = Math.min(Math.max(Number(told.dataset.refresh) || 5, 2), 3600);
      const timer = setInterval(() => refresh(() => timer, told), seconds * 1000);
    }
  });
})();
