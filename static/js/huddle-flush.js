// On pages around a huddle: what was typed while the network was away leaves now.
import { flush } from "./huddle-queue.js";

flush(document.body.dataset.person ?? "");
