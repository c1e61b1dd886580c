/** The value of a resource locator, whatever its mode. An expression may have replaced the locator with a plain text. */
export function locatorValue(parameter: unknown): unknown {
	return typeof parameter === 'object' && parameter !== null ? (parameter as { value?: unknown }).value : parameter;
}
