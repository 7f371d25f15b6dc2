// Shows openapi.json with Swagger UI; a file of its own, since the page's policy allows no inline script.
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });
