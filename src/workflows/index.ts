export { incomingMessage } from './incoming-message.js';
export { onwardDelivery } from './onward-delivery.js';
