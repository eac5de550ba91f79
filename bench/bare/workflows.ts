export { bareMessage } from './workflow.js';
export { bareDelivery, bareSend } from './send-workflow.js';
