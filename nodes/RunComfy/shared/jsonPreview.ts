import { truncate } from './text';

/** The beginning of a value as JSON. However long the value is, only what is shown of it is read. */
export function jsonPreview(value: unknown, longest: number): string {
	const preview = new Preview(2 * longest + 2);
	preview.write(value);
	return truncate(preview.text, longest);
}

class Preview {
	text = '';

	constructor(private readonly longest: number) {}

	write(given: unknown): void {
		if (this.isFull) return;
		const value = asWritten(given);
		if (typeof value === 'string') this.writeText(value);
		else if (Array.isArray(value)) this.writeList(value);
		else if (typeof value === 'object' && value !== null) this.writeObject(value);
		else this.text += typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
	}

	private get isFull(): boolean {
		return this.text.length > this.longest;
	}

	private writeText(text: string): void {
		this.text += JSON.stringify(text.slice(0, this.longest));
	}

	private writeList(list: unknown[]): void {
		this.text += '[';
		for (const [index, entry] of list.entries()) {
			if (this.isFull) return;
			if (index > 0) this.text += ',';
			this.write(entry ?? null);
		}
		this.text += ']';
	}

	private writeObject(object: object): void {
		this.text += '{';
		let isFirst = true;
		for (const [name, entry] of Object.entries(object) as Array<[string, unknown]>) {
			if (this.isFull) return;
			if (entry === undefined) continue;
			if (!isFirst) this.text += ',';
			isFirst = false;
			this.writeText(name);
			this.text += ':';
			this.write(entry);
		}
		this.text += '}';
	}
}

/** Dates are written as texts. */
function asWritten(value: unknown): unknown {
	return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toJSON() : value;
}
