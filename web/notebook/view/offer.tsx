/** The script of the notebook's view: the page loads it when the view is first shown. */
import { render } from "preact";
import { offerView } from "../../page/view.js";
import { NotebookView } from "./notebook-view.js";

offerView("notebook", (element, props) => render(<NotebookView {...props} />, element));
