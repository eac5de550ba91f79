import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What runs are found by in the Temporal Web UI; registered at the worker's start. */
export const MESSAGE_ID = defineSearchAttributeKey('EverpostMessageId', SearchAttributeType.KEYWORD);
export const ORGANIZATION_ID = defineSearchAttributeKey('EverpostOrganizationId', SearchAttributeType.KEYWORD);
export const STATUS = defineSearchAttributeKey('EverpostStatus', SearchAttributeType.KEYWORD);
/** Set only where EVERPOST_SEARCH_BY_SENDER allows it: Temporal's visibility store is outside row-level security. */
export const SENDER = defineSearchAttributeKey('EverpostSender', SearchAttributeType.KEYWORD);

export const SEARCH_ATTRIBUTES = [MESSAGE_ID, ORGANIZATION_ID, STATUS, SENDER];
