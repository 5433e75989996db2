export { editDistance, nearest } from "../../core/nearest.js";
