// Start Swagger UI on this service's own description.
"use strict";

fetch("/api/openapi.json")
  .then((answer) => answer.json())
  .then((description) => {
    // The Swagger UI that the package ships draws 3.0 only and refuses the
    // number 3.1; what we use of 3.1 it shows just as well.
    description.openapi = "3.0.3";
    window.SwaggerUIBundle({
      spec: description,
      domNode: document.getElementById("try"),
      docExpansion: "list",
      validatorUrl: null,
    });
  });
