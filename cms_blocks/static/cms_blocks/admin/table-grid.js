/* Shows the text area of a table (a line for each row, cells parted by tabs) as a grid of inputs. */
(() => {
  "use strict";

  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  class TableGridController extends window.StimulusModule.Controller {
    static values = { words: Object };

    connect() {
      if (this.grid) return;
      this.rows = this.read(this.element.value);
      this.grid = document.createElement("div");
      this.grid.className = "table-grid";
      this.element.after(this.grid);
      this.element.style.display = "none";
      this.draw();
    }

    disconnect() {
      this.grid?.remove();
      this.grid = null;
      this.element.style.display = "";
    }

    read(lines) {
      const rows = lines.split(/\r?\n/).map((line) => line.split("\t"));
      const width = Math.max(2, ...rows.map((row) => row.length));
      while (rows.length < 2) rows.push([]);
      return rows.map((row) => [...row, ...Array(width - row.length).fill("")]);
    }

    write() {
      const lines = this.rows.map((row) => row.join("\t"));
      this.element.value = lines.some((line) => line.trim()) ? lines.join("\n") : "";
      this.element.dispatchEvent(new Event("input", { bubbles: true }));
      this.element.dispatchEvent(new Event("change", { bubbles: true }));
    }

    change(edit, row, column) {
      edit();
      this.write();
      this.draw();
      this.input(Math.min(row, this.rows.length - 1), Math.min(column, this.rows[0].length - 1)).focus();
    }

    input(row, column) {
      return this.grid.querySelector(`input[data-row="${row}"][data-column="${column}"]`);
    }

    paste(event, top, start) {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!/[\t\n]/.test(text.trimEnd())) return;
      event.preventDefault();
      const pasted = text.trimEnd().split(/\r?\n/).map((line) => line.split("\t"));
      this.change(
        () => {
          const width = Math.max(this.rows[0].length, start + Math.max(...pasted.map((row) => row.length)));
          while (this.rows.length < top + pasted.length) this.rows.push([]);
          this.rows = this.rows.map((row) => [...row, ...Array(width - row.length).fill("")]);
          pasted.forEach((row, r) => row.forEach((cell, c) => (this.rows[top + r][start + c] = cell.trim())));
        },
        top,
        start,
      );
    }

    button(label, icon, action, visible = "") {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small button-secondary";
      if (visible) {
        button.textContent = visible;
      } else {
        button.setAttribute("aria-label", label);
        button.title = label;
        button.classList.add("button--icon", "text-replace");
        button.innerHTML = `<svg class="icon icon-${icon} icon" aria-hidden="true"><use href="#icon-${icon}"></use></svg>`;
      }
      button.addEventListener("click", action);
      return button;
    }

    draw() {
      const words = this.wordsValue;
      const table = document.createElement("table");
      const head = table.createTHead().insertRow();
      this.rows[0].forEach((_, column) => {
        const cell = head.insertCell();
        if (this.rows[0].length < 2) return;
        const label = fill(words.removeColumn, { column: column + 1 });
        cell.append(
          this.button(label, "bin", () =>
            this.change(() => this.rows.forEach((row) => row.splice(column, 1)), 0, column),
          ),
        );
      });
      head.insertCell();
      const body = table.createTBody();
      this.rows.forEach((values, row) => {
        const line = body.insertRow();
        values.forEach((value, column) => {
          const input = document.createElement("input");
          input.type = "text";
          input.value = value;
          input.dataset.row = row;
          input.dataset.column = column;
          input.setAttribute("aria-label", fill(words.cell, { row: row + 1, column: column + 1 }));
          input.addEventListener("input", () => {
            this.rows[row][column] = input.value.replace(/[\t\n]/g, " ");
            this.write();
          });
          input.addEventListener("paste", (event) => this.paste(event, row, column));
          line.insertCell().append(input);
        });
        const last = line.insertCell();
        if (this.rows.length > 1) {
          const label = fill(words.removeRow, { row: row + 1 });
          last.append(this.button(label, "bin", () => this.change(() => this.rows.splice(row, 1), row, 0)));
        }
      });
      const more = document.createElement("div");
      more.className = "table-grid__more";
      const width = this.rows[0].length;
      more.append(
        this.button("", "", () => this.change(() => this.rows.push(Array(width).fill("")), Infinity, 0), words.addRow),
        this.button("", "", () => this.change(() => this.rows.forEach((row) => row.push("")), 0, width), words.addColumn),
      );
      this.grid.replaceChildren(table, more);
    }
  }

  window.wagtail.app.register("table-grid", TableGridController);
})();
