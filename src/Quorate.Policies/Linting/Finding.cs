namespace Quorate.Policies;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Probably not meant; the policy does what it says.</summary>
    Warning = 1,

    /// <summary>The policy can not mean this: something in it can never work.</summary>
    Error = 2,
}

/// <summary>Something a linter noticed.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Code">The kind of finding; docs/policies.md lists them.</param>
/// <param name="Pointer">JSON pointer to what it is about.</param>
/// <param name="Message">The finding in words.</param>
public sealed record Finding(Severity Severity, string Code, string Pointer, string Message);
