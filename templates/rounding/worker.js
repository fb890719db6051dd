{% for url in workbox %}importScripts("{{ url|escapejs }}");
{% endfor %}
// Page and files of the app, in the language "{{ language|escapejs }}": kept on the device, fetched anew when one of them changes.
const { precacheAndRoute, cleanupOutdatedCaches, createHandlerBoundToURL } = workbox.precaching;
precacheAndRoute({{ kept|safe }}, { ignoreURLParametersMatching: [/.*/], cleanURLs: false, directoryIndex: null });
workbox.routing.registerRoute(new workbox.routing.NavigationRoute(createHandlerBoundToURL("{{ page|escapejs }}")));
cleanupOutdatedCaches();
workbox.core.skipWaiting();
workbox.core.clientsClaim();
