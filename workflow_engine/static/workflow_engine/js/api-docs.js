// Shows the description of the REST API with Swagger UI; requests go with the session of whoever looks at it.
"use strict";

(() => {
  const place = document.getElementById("api-docs");

  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.description,
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    // A validator on another host would be told about every site that shows this page.
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (new URL(request.url, window.location.href).origin === window.location.origin) {
        request.headers["X-CSRFToken"] = place.dataset.csrfToken;
      }
      return request;
    },
  });
})();
