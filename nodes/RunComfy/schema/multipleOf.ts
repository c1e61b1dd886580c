/**
 * Whether a number is a multiple of another one, by their decimal digits: floating-point division would deny that 0.3
 * is a multiple of 0.1.
 */
export function isMultipleOf(value: number, divisor: number): boolean {
	if (!Number.isFinite(value)) return false;
	const [dividend, by] = [decimal(value), decimal(divisor)];
	const exponent = Math.min(dividend.exponent, by.exponent);
	const shifted = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
	return shifted(dividend) % shifted(by) === 0n;
}

/** `digits` times ten to the power of `exponent`. */
interface Decimal {
	digits: bigint;
	exponent: number;
}

function decimal(value: number): Decimal {
	const [number = '0', exponent = '0'] = String(Math.abs(value)).split('e');
	const [whole = '0', fraction = ''] = number.split('.');
	return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
