// Somebody has signed out: what they noted on this device is not readable any more. What waits stays, locked.
import { lock } from "./vault.js";

localStorage.removeItem("rounds-sign-out-owed");
lock();
