/** Shows the page. */
import { render } from "preact";
import "./page.css";
import { labToken, takeToken } from "../lab/token.js";
import { App } from "./app.js";

takeToken(window);
render(<App isLab={labToken() !== undefined} />, document.getElementById("app") as HTMLElement);
// The address of another start of `mm-train lab`, typed into this tab.
addEventListener("hashchange", () => {
  if (takeToken(window)) location.reload();
});
