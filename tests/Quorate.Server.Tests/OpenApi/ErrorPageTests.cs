using Quorate.V1;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>docs/errors.md has every code that callers meet, and no other.</summary>
public sealed class ErrorPageTests
{
    [Fact]
    public void The_page_has_every_code_that_stands_in_the_sources_and_no_other()
    {
        var inSources = ErrorCodes.InSources();
        Assert.Equal(inSources.Where(c => !ErrorCodes.OfOurOwn.Contains(c)), ErrorPage.Rows.Select(r => r.Code).Order(StringComparer.Ordinal));
        Assert.Subset(inSources, [.. ErrorCodes.OfOurOwn]);
    }

    [Fact]
    public void Every_method_that_it_names_is_there()
    {
        var known = Operation.All.Select(o => o.Method.Name).Concat(ErrorPage.Kinds).Append("none").ToHashSet();
        Assert.All(ErrorPage.Rows, r => Assert.Empty(r.Of.Where(of => !known.Contains(of))));
        // What a role is asked for is asked of somebody.
        Assert.All(Operation.All.Where(o => o.Access.Roles.Count > 0 && o.Access.Roles.Contains(Role.Admin)), o => Assert.False(o.Access.Anonymous));
    }
}
