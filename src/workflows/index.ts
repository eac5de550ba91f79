export { incomingMessage } from './incoming-message.js';
