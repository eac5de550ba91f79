import { Field, ObjectType } from '@nestjs/graphql';
import { ApiError } from './errors.js';

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;
export const FIRST = `How many; ${DEFAULT_PAGE} where it is left out, ${MAX_PAGE} at most.`;
export const AFTER = 'The endCursor of the page before.';

@ObjectType({ description: 'Where a page of a list begins and ends.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follows.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether something comes before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of its first entry.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Pass it as `after` for the next page.' })
  endCursor!: string | null;
}

export interface Page<Node> {
  edges: { cursor: string; node: Node }[];
  pageInfo: PageInfo;
}

/** @throws ApiError BAD_USER_INPUT for a page size that cannot be */
export function pageSize(first: number | null | undefined, what: string): number {
  const size = first ?? DEFAULT_PAGE;
  if (size >= 0 && size <= MAX_PAGE) return size;
  throw new ApiError('BAD_USER_INPUT', `first is ${size}: ask for 0 to ${MAX_PAGE} ${what}, then for the next page`);
}

/** A page of a list, from one record more than it holds: that one says whether more follows. */
export function pageOf<Node>(
  records: readonly Node[],
  size: number,
  cursorOf: (node: Node) => string,
  isFirst: boolean,
): Page<Node> {
  const edges = records.slice(0, size).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: records.length > size,
      hasPreviousPage: !isFirst,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
