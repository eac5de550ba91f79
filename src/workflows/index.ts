export { incomingMessage } from './incoming-message.js';
export { repairAi } from './repair-ai.js';
export { onwardDelivery } from './onward-delivery.js';
export { suggestReplies } from './suggest-replies.js';
export { translateMessage } from './translate-message.js';
export { trainModel } from './train-model.js';
