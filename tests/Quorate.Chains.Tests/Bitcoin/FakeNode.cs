using System.Net;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>Answers HTTP requests in the test's own words, and counts them.</summary>
sealed class FakeNode(Func<HttpRequestMessage, string, int, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<string> Requests { get; } = [];

    public static HttpResponseMessage Ok(string body) => With(HttpStatusCode.OK, body);

    public static HttpResponseMessage With(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery} {body}".TrimEnd());
        var response = answer(request, body, Requests.Count);
        if (response.StatusCode == HttpStatusCode.Processing)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return response;
    }
}
