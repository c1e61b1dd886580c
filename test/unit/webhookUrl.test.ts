import { checkWebhookUrl } from '../../nodes/RunComfy/deployment/webhookUrl';

describe('the webhook of a submit', () => {
	it.each([undefined, null, '', '  '])('is not wanted where it is %j', (value) => {
		expect(checkWebhookUrl(value)).toBeUndefined();
	});

	it.each([
		'https://n8n.example.com/webhook-waiting/12?signature=abc',
		' https://8.8.8.8/hook\n',
		'HTTPS://n8n.example.com:5678/x',
	])('is called at %j', (value) => {
		expect(checkWebhookUrl(value)).toEqual({ url: value.trim() });
	});

	it.each([
		'http://n8n.example.com/secret',
		'https://localhost:5678/secret',
		'https://10.0.0.7/secret',
		'https://n8n/secret',
		'https://n8n.local/secret',
		'https://[::1]/secret',
		'https://user:secret@n8n.example.com/',
	])('is left out with a warning at %j', (value) => {
		const checked = checkWebhookUrl(value);

		expect(checked).toEqual({ warning: expect.stringMatching(/^RunComfy can't call the Webhook URL: /) });
		expect(JSON.stringify(checked)).not.toContain('secret');
	});

	it.each(['n8n.example.com/secret', 'secret', 'mailto:secret@example.com', 'ftp://secret', 'https://', 7, {}])(
		'is refused where it is %j',
		(value) => {
			const check = () => checkWebhookUrl(value);

			expect(check).toThrow(/^Webhook URL isn't an? (https )?URL$/);
		},
	);
});
