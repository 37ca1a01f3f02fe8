// SPDX-License-Identifier: Apache-2.0
//
// The one error class of HTTP, client and server. The RFC section behind each code stands in README.md, here and in
// modules/http-server.
// No message holds a header value, a URL or a credential: these end up in logs.

export type HTTPErrorCode =
	| "HTTP_AUTHENTICATION_INFO"
	| "HTTP_BODY_LIMIT"
	| "HTTP_CHALLENGE"
	| "HTTP_CHUNK_END"
	| "HTTP_CHUNK_SIZE"
	| "HTTP_CLIENT_CLOSED"
	| "HTTP_CLOSED"
	| "HTTP_CONNECT"
	| "HTTP_CONTENT_ENCODING"
	| "HTTP_CONTENT_LENGTH"
	| "HTTP_CONTENT_RANGE"
	| "HTTP_CREDENTIALS"
	| "HTTP_DATE"
	| "HTTP_FRAMING"
	| "HTTP_HEADER_LIMIT"
	| "HTTP_HEADER_NAME"
	| "HTTP_HEADER_RESERVED"
	| "HTTP_HEADER_VALUE"
	| "HTTP_HOST"
	| "HTTP_LINE_END"
	| "HTTP_METHOD"
	| "HTTP_NO_TLS"
	| "HTTP_QUEUE_LIMIT"
	| "HTTP_RANGE"
	| "HTTP_REDIRECT"
	| "HTTP_REDIRECT_DOWNGRADE"
	| "HTTP_REDIRECT_LIMIT"
	| "HTTP_REDIRECT_LOOP"
	| "HTTP_REQUEST_LIMIT"
	| "HTTP_REQUEST_LINE"
	| "HTTP_RESOLVE"
	| "HTTP_STATUS"
	| "HTTP_STATUS_LINE"
	| "HTTP_TARGET"
	| "HTTP_TIMEOUT_CONNECT"
	| "HTTP_TIMEOUT_IDLE"
	| "HTTP_TIMEOUT_QUEUE"
	| "HTTP_TIMEOUT_REQUEST"
	| "HTTP_TIMEOUT_RESOLVE"
	| "HTTP_TIMEOUT_RESPONSE"
	| "HTTP_TIMEOUT_TOTAL"
	| "HTTP_TOO_SLOW"
	| "HTTP_TRANSFER_ENCODING"
	| "HTTP_TRUNCATED"
	| "HTTP_UNAUTHORIZED"
	| "HTTP_VERSION";

export class HTTPError extends Error {
	override readonly name = "HTTPError";
	/** Stable; see README.md. */
	readonly code: HTTPErrorCode;
	/** Byte position in the response, or character position in the text that was parsed, where there is one. */
	readonly offset: number | undefined;
	/** Status of the response that cannot be followed, where it is one. */
	readonly status: number | undefined;

	/**
	 * @param details.offset where in the input, from 0
	 * @param details.status status of the response
	 * @param details.cause the inner error
	 */
	constructor(
		code: HTTPErrorCode,
		message: string,
		details: { offset?: number; status?: number; cause?: unknown } = {},
	) {
		super(message);
		this.code = code;
		this.offset = details.offset;
		this.status = details.status;
		if (details.cause !== undefined) this.cause = details.cause;
	}
}
