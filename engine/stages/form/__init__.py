"""From answers as sent to typed values: conversion per kind of field, visibility, and what is wrong."""
