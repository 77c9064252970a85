// The API's description as a page on which every call can be tried, as whoever is logged in here.
const docs = document.getElementById("docs");

const withCsrfToken = (request) => {
  if (new URL(request.url, location).origin === location.origin) {
    request.headers["X-CSRFToken"] = docs.dataset.csrfToken;
  }
  return request;
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

followScheme();
dark.addEventListener("change", followScheme);
SwaggerUIBundle({ url: docs.dataset.schema, domNode: docs, deepLinking: true, requestInterceptor: withCsrfToken });
