/** What stands in a resource locator, whatever its mode; an expression may have put a plain text in its place. */
export function locatorValue(parameter: unknown): unknown {
	return typeof parameter === 'object' && parameter !== null ? (parameter as { value?: unknown }).value : parameter;
}
