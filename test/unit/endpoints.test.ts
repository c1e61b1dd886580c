import { endpointsOf } from '../../nodes/RunComfy/transport/endpoints';

const OWN = { modelApi: 'https://model-api.runcomfy.net', platformApi: 'https://api.runcomfy.net' };
const custom = (modelApiUrl: unknown, platformApiUrl: unknown = 'https://b.example') =>
	endpointsOf({ customEndpoints: true, modelApiUrl, platformApiUrl });

describe('endpointsOf', () => {
	it("gives RunComfy's own while custom endpoints are off, whatever the URL fields hold", () => {
		expect(endpointsOf({ customEndpoints: false, modelApiUrl: 'http://127.0.0.1:1', platformApiUrl: 'x' })).toEqual(
			OWN,
		);
		expect(endpointsOf({})).toEqual(OWN);
	});

	it('takes custom ones without their last slash', () => {
		expect(custom(' https://a.example/proxy// ')).toEqual({
			modelApi: 'https://a.example/proxy',
			platformApi: 'https://b.example',
		});
	});

	it.each([
		'',
		' ',
		undefined,
		5,
		'runcomfy',
		'ftp://a.example',
		'https://',
		'https://a.example/?x=1',
		'https://a.example/#x',
	])("refuses %j instead of calling RunComfy's own, which is paid", (url) =>
		expect(() => custom(url)).toThrow("Model API URL in the RunComfy API credential isn't a URL"),
	);
});
