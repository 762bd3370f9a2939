using Quorate.Client;
using Quorate.V1;

namespace Quorate.EndToEnd.Tests;

/// <summary>A preview and the real call take the same way: asked before each, it has to say what comes.</summary>
static class Previews
{
    /// <summary>Previews a transfer, asks for it, and compares.</summary>
    internal static async Task<Transfer> CreateAsync(QuorateClient api, CreateTransferRequest request)
    {
        var preview = await api.Transfers.PreviewTransferAsync(request);
        Assert.Equal("", preview.Problem);
        var made = await api.Transfers.CreateTransferAsync(request);
        var judged = await Until.Async(() => api.Transfers.GetTransferAsync(new() { Transfer = made.Id }), t => t.Decision is not null);
        var foreseen = preview.Transfer;
        Assert.Equal(
            (foreseen.Decision.Verdict, foreseen.Decision.Policy, foreseen.Status, foreseen.From), (judged.Decision.Verdict, judged.Decision.Policy, judged.Status, judged.From));
        Assert.Equal(foreseen.Decision.Outstanding, judged.Decision.Outstanding);
        Assert.Equal(foreseen.Decision.Trace.Split('\n').Length, judged.Decision.Trace.Split('\n').Length);
        // A fee is the network's of that moment, and change has a place among outputs that is drawn.
        static IEnumerable<Effect> Without(Transfer t) => t.Transactions[0].Effects.Where(e => e.Kind != "fee").OrderBy(e => e.To, StringComparer.Ordinal);
        Assert.Equal(Without(foreseen), Without(judged));
        if (foreseen.Status != "denied")
            Assert.NotEmpty(preview.Reservations);
        return judged;
    }
}
