import { PUBLIC_IMAGE } from '../../../test/e2e/examples';
import { fixedData, manual, runComfy, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';

/** An image becomes a video, and the video is posted with a caption. */
export function imageToVideoToPost(input: ExampleInputs): Example {
	return {
		file: 'image-to-video-to-post.json',
		name: 'RunComfy: image to video to post',
		note: {
			does: 'Makes a video from an image and posts it with a caption. The video is sent as a file, because result URLs expire.',
			costs: 'One image-to-video request per run, for up to 1 USD (Spend Limit).',
			change: 'Post Video is deactivated, so that nothing is posted by accident. Enter the URL and credential of your service and activate it, or replace it with a node such as Telegram > Send Video, Slack > Upload a File or YouTube > Upload. Edit the image and texts in Image and Caption.',
		},
		nodes: [
			manual,
			fixedData('Image and Caption', {
				image: PUBLIC_IMAGE,
				prompt: 'the woman is standing beside the boats, her feet soaked in water',
				caption: 'Low tide, just before the rain.',
			}),
			runComfy('Make Video', {
				...input.batch,
				options: { downloadKinds: 'videos', includeInputFields: true, spendLimit: 1 },
			}),
			{
				name: 'Post Video',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					method: 'POST',
					url: 'https://example.com/posts',
					sendBody: true,
					contentType: 'multipart-form-data',
					bodyParameters: {
						parameters: [
							{ name: 'caption', value: '={{ $json.caption }}' },
							{ parameterType: 'formBinaryData', name: 'video', inputDataFieldName: 'data' },
						],
					},
					options: {},
				},
				more: { disabled: true },
			},
		],
		connections: {
			'Manual Trigger': [['Image and Caption']],
			'Image and Caption': [['Make Video']],
			'Make Video': [['Post Video']],
		},
	};
}
