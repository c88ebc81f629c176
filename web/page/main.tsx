/** Shows the page. */
import { render } from "preact";
import "./page.css";
import { App } from "./app.js";

render(<App />, document.getElementById("app") as HTMLElement);
