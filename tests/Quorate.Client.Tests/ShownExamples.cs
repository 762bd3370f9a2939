using Quorate.Client.Signing;
using Quorate.Client.Webhooks;
using Quorate.Testing;
using Quorate.V1;

namespace Quorate.Client.Tests;

/// <summary>The lines that docs/client.md and docs/webhooks.md show compile, and are the ones here. The README's are run: tests/Quorate.EndToEnd.Tests.</summary>
public sealed class ShownExamples
{
    static async Task<Vault> ClientAsync(byte[] seed)
    {
        // docs/client.md
        using var key = RequestKey.Ed25519("key_…", seed);
        using var quorate = new QuorateClient(new("https://wallet.example.org:7080"), key);
        var vault = await quorate.Vaults.CreateVaultAsync(new() { Name = "Operations" });
        // docs/client.md
        return vault;
    }

    static async Task<object?> WebhooksAsync(HttpClient http, Database database, Request request, byte[] bodyBytes)
    {
        // docs/webhooks.md
        var receiver = new WebhookReceiver(
            new WebhookKeyCache(http, new("https://wallet.example.org/v1/webhooks/whk_…/jwks.json")),
            isNew: (id, token) => database.TryAddAsync(id, token));
        var (fault, happened) = await receiver.ReceiveAsync(name => request.Headers[name], bodyBytes);
        // docs/webhooks.md
        return fault == WebhookFault.None ? happened : null;
    }

    [Theory]
    [InlineData("docs/client.md", nameof(ClientAsync))]
    [InlineData("docs/webhooks.md", nameof(WebhooksAsync))]
    public void A_page_shows_the_lines_that_are_compiled_here(string page, string method)
    {
        Assert.NotNull(typeof(ShownExamples).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static));
        var here = File.ReadLines(Repository.PathOf("tests/Quorate.Client.Tests/ShownExamples.cs"))
            .SkipWhile(l => l.Trim() != $"// {page}").Skip(1).TakeWhile(l => l.Trim() != $"// {page}").Select(l => l[8..]);
        var shown = File.ReadLines(Repository.PathOf(page)).SkipWhile(l => l != "```csharp").Skip(1).TakeWhile(l => l != "```");
        Assert.Equal(here, shown);
    }

    sealed class Database
    {
        readonly HashSet<string> seen = [];

        internal Task<bool> TryAddAsync(string id, CancellationToken token) => token.IsCancellationRequested ? Task.FromCanceled<bool>(token) : Task.FromResult(seen.Add(id));
    }

    sealed record Request(IReadOnlyDictionary<string, string> Headers);
}
