/** Activities that do nothing but keep the event loop busy for as long as the engines keep it when called directly. */
export function createBareActivities() {
  return {
    async burn(milliseconds: number): Promise<void> {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    },
  };
}
