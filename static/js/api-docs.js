// The API's description as a page on which every call can be tried, as whoever is logged in here.
const docs = document.getElementById("docs");

const withCsrfToken = (request) => {
  if (new URL(request.url, location).origin === location.origin) {
    request.headers["X-CSRFToken"] = docs.dataset.csrfToken;
  }
  return request;
};

SwaggerUIBundle({ url: docs.dataset.schema, domNode: docs, deepLinking: true, requestInterceptor: withCsrfToken });
