using Quorate.Server.Tests.OpenApi;

namespace Quorate.Server.Tests.Errors;

/// <summary>
/// Errors of docs/errors.md, each answered in JSON by a running server to a request that its guard has let through or not. A code
/// counts as reached when a response has had it here, and in no other way.
/// </summary>
public sealed class ErrorsReachedTests(OpenApiChecker checker) : IClassFixture<OpenApiChecker>
{
    [Fact]
    public async Task Every_error_of_the_page_is_answered_by_a_server()
    {
        var reached = new ErrorsReached(checker);
        await CallerErrors.ReachAsync(reached);
        await LimitErrors.ReachAsync(reached);
        await RequestErrors.ReachAsync(reached);
        await ResourceErrors.ReachAsync(reached);
        await GovernanceErrors.ReachAsync(reached);
        await TransferErrors.ReachAsync(reached);
        await ChainErrors.ReachAsync(reached);
        await EventErrors.ReachAsync(reached);
        await ServerErrors.ReachAsync(reached);
        Assert.Equal(ErrorPage.Rows.Select(r => r.Code).Order(StringComparer.Ordinal), reached.Codes);
    }
}
